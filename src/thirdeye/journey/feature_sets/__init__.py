"""Sets of features of the same cases, each before the same linear machine: which one tells most?"""
