"""How good docintel is, against what people judged: extraction by gold, search and suggestion by graded answers."""
