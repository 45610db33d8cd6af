"""Questions about who is who, asked of the identity layer of a build."""
