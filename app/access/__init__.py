"""Who reaches the server, and what they may do: hosts, login, permissions, headers, and the gate before every handler."""
