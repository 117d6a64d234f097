import os

import pymysql

connection = pymysql.connect(
    unix_socket=os.environ["DATABASE_SOCKET"],
    database=os.environ["DATABASE_NAME"],
    user=os.environ["DATABASE_USER"],
    password=os.environ["DATABASE_PASSWORD"],
)
with connection.cursor() as cursor:
    cursor.execute(
        "CREATE TABLE IF NOT EXISTS writes (id BIGINT AUTO_INCREMENT PRIMARY KEY, token VARCHAR(64) NOT NULL, KEY (token))"
    )
print("the table of writes is there")
