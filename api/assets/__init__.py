"""How the third-party styles, icons and fonts arrive: nothing of them is committed."""
