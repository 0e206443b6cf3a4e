"""What a model needs to propose claims, and nothing else: vocabulary, entities, the sentences still to do, the form.

No model is called. What comes back goes through `kg import`, which judges it.
"""
