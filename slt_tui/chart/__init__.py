"""Points to pictures: scales, ticks, reduction, raster, cells, files. NumPy only; a widget draws what comes out."""
