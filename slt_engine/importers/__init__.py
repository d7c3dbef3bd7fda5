"""Other people's data sets, written as the data contract wants them; what could not be taken is listed with why."""
