"""Proposals under `seeds/drafts/`: what each says, whether it was turned down before, and its way into the seeds."""
