"""The simulated pipeline of the local workspace: the outside world that Fireline looks after in `fireline demo`."""
