"""Small models that ask one question of a dataset: does this tell the classes apart, when it should not?"""
