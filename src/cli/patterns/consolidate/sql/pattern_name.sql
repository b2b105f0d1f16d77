SELECT
  orders.order_id,
  orders.amount,
  COALESCE(customers.name, 'unknown') AS customer_name
FROM lake.orders AS orders
LEFT JOIN lake.customers AS customers
  ON orders.customer_id = customers.customer_id
