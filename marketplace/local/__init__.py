"""Runs the whole project on one machine: a database, the web, the worker, and what the tests need.

Nothing here imports Django: the commands of the project are started as processes of their own.
"""
