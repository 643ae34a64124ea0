"""The ways to Slack: its Web API, and the connections over which it tells what people do.

Nothing above the calls themselves is decided here.
"""
