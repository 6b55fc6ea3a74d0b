"""What the commands of `goms` share: options, progress, exit codes; the commands themselves are in `engine.cli.main`."""
