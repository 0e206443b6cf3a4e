"""The stages from a project's folder to its exports."""
