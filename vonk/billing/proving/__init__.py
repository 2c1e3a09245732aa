"""How the books are proved: the parts of ``vonk audit``, each reading plain rows and sharing nothing with the writers."""
