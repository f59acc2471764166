"""Where the process that owns the embedded warehouse answers the command line. Imports nothing: it is asked first."""

HOME = "FIRELINE_HOME"
DEFAULT_HOME = "var"
SOCKET = "fireline.sock"
