"""The engines behind the ports: embedded ones and scaled ones. Each implements ports and knows no other engine."""
