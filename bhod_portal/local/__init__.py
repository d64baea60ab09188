"""What runs the portal on one machine without any service installed: its database server and the demo's processes.

Plain Python: nothing here needs Django's settings to be imported.
"""
