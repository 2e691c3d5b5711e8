"""Watch: who wants to be told of what, and telling them by e-mail, webhook or feed.

`subscriptions` are made and changed by people; `rounds.look_round` looks, and tells what is due.
"""
