"""What follows from claims: quads, disputes, developments, answers, each computed once."""
