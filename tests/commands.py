"""How tests run the command line."""

from fastconv.cli import main


def run(capsys, *words):
    """Output of a command that succeeds."""
    assert main(words) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def fail(capsys, *words):
    """The one line on standard error of a command that does not."""
    try:
        status = main(words)
    except SystemExit as stop:  # argparse's own way
        status = stop.code
    assert status == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("fastconv: ") and captured.err.count("\n") == 1
    return captured.err
