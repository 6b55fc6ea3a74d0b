"""What views share: widgets bound to a choice, lists, boxes of charts, and work whose last answer alone is drawn."""
