import type { OrderSummary } from "../api/types";
import { canCancel, ordersVersion } from "../state/orders";
import { shop } from "../state/store";
import { dateTime, money } from "../ui/format";
import { useLoaded } from "../ui/load";
import { OrderAction } from "../ui/order-action";
import { EmptyState, ErrorState, PageTitle, Skeleton } from "../ui/page";
import { StatusChip } from "../ui/status";

export function OrdersPage() {
  const orders = useLoaded(shop.orders, "orders", ordersVersion.value);
  return (
    <>
      <PageTitle title="Your orders">This list keeps itself up to date.</PageTitle>
      {orders.data !== undefined ? (
        <OrderList orders={orders.data} />
      ) : orders.loading ? (
        <Skeleton rows={4} />
      ) : (
        <ErrorState failure={orders.failure} retry={orders.reload} />
      )}
    </>
  );
}

function OrderList({ orders }: { orders: readonly OrderSummary[] }) {
  if (orders.length === 0) {
    return (
      <EmptyState icon="box" title="No orders yet">
        <p>When you order something, you can watch it here on its way.</p>
        <a class="button button-primary" href="/">
          To the shop
        </a>
      </EmptyState>
    );
  }
  const newestFirst = [...orders].sort((one, other) => other.ordernumber - one.ordernumber);
  return (
    <table class="card orders" data-testid="orders">
      <thead>
        <tr>
          <th scope="col">Order</th>
          <th scope="col">Date</th>
          <th scope="col">Status</th>
          <th scope="col" class="number">
            Total
          </th>
          <th scope="col">
            <span class="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {newestFirst.map((order) => (
          <OrderRow key={order.ordernumber} order={order} />
        ))}
      </tbody>
    </table>
  );
}

function OrderRow({ order: { ordernumber, date, status, total } }: { order: OrderSummary }) {
  return (
    <tr data-testid="order-row" data-order-id={ordernumber} data-status={status}>
      <th scope="row">
        <a href={`/orders/${ordernumber}`} data-testid="order-link">
          {ordernumber}
        </a>
      </th>
      <td class="orders-date">{dateTime(date)}</td>
      <td class="orders-status">
        <StatusChip status={status} />
      </td>
      <td class="number">{money(total)}</td>
      <td class="orders-actions">
        {canCancel(status) && <OrderAction action="cancel" order={ordernumber} />}
        <a class="button button-small" href={`/orders/${ordernumber}`} aria-label={`Details of order ${ordernumber}`}>
          Details
        </a>
      </td>
    </tr>
  );
}
