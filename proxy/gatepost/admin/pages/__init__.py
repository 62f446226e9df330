"""The site's pages, one subject a module. Each page takes a Visit and gives a Response."""
