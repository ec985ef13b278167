"""What went wrong, for the person at the terminal."""


class Problem(Exception):
    """A failure whose message is all that is needed: it names the file or option and the remedy."""


class Unavailable(Problem):
    """Something that has to come over the network does not."""
