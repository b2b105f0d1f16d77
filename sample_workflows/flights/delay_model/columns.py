"""What the components have to agree on."""

CATEGORIES = ["carrier", "origin", "dest"]
NUMBERS = ["distance", "temp", "wind_speed", "visib", "precip", "delay_before", "hour", "weekday", "month"]
KEY = ["flight_date", "carrier", "flight", "origin", "dest", "sched_dep_time"]
