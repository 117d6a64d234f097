import pymysql

# The driver under the name and version by which Django knows MySQL's.
pymysql.version_info = (2, 2, 7, "final", 0)
pymysql.install_as_MySQLdb()
