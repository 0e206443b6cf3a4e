"""The page's views, each a function from the page's nouns to HTML in one language."""
