"""The base class of everything on the page that follows the choices of a visitor."""

import param

from app.state.selection import Selection


class SelectionView(param.Parameterized):
    """Base of a view: a method names the choices it follows, by `@param.depends("selection.depth", watch=True)`.

    Such methods are called in the order in which views were made, once for choices that change together.
    """

    selection: Selection = param.ClassSelector(class_=Selection, constant=True)  # type: ignore[assignment]

    def __init__(self, selection: Selection) -> None:
        super().__init__(selection=selection)
