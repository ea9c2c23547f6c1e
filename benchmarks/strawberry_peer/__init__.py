"""The same graph behind an ordinary Strawberry schema: async resolvers and a dataloader for every relationship."""
