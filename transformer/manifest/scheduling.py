"""Where the scheduler may put the pods of a template: on which pools' nodes, in three values."""
