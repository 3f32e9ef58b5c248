import { useRoute } from "preact-iso";
import { ApiError } from "../api/http";
import type { OrderDetails, OrderStep } from "../api/types";
import { canCancel, canShip, describeStatus, ordersVersion, statusKey } from "../state/orders";
import { shop } from "../state/store";
import { clock, dateTime, money } from "../ui/format";
import { useLoaded } from "../ui/load";
import { OrderAction } from "../ui/order-action";
import { EmptyState, ErrorState, PageTitle, Skeleton } from "../ui/page";
import { Progress, StatusChip } from "../ui/status";
import { NotFoundPage } from "./not-found";

export function OrderPage() {
  const id = useRoute().params["id"] ?? "";
  return /^[1-9]\d{0,9}$/.test(id) ? <Order id={Number(id)} key={id} /> : <NotFoundPage />;
}

function Order({ id }: { id: number }) {
  const load = async () => {
    const [order, history] = await Promise.all([shop.order(id), shop.history(id)]);
    return { order, history };
  };
  const { data, failure, loading, reload } = useLoaded(load, String(id), ordersVersion.value);
  const title = `Order ${id}`;
  if (data !== undefined) {
    return (
      <>
        <PageTitle title={title} aside={<StatusChip status={data.order.status} />} />
        <Details order={data.order} history={data.history} />
      </>
    );
  }
  return (
    <>
      <PageTitle title={title} />
      {loading ? (
        <Skeleton rows={4} />
      ) : failure instanceof ApiError && (failure.status === 404 || failure.status === 403) ? (
        <EmptyState icon="box" title="There is no such order">
          <a class="button" href="/orders">
            Your orders
          </a>
        </EmptyState>
      ) : (
        <ErrorState failure={failure} retry={reload} />
      )}
    </>
  );
}

function Details({ order, history }: { order: OrderDetails; history: readonly OrderStep[] }) {
  return (
    <div data-testid="order" data-order-id={order.ordernumber} data-status={order.status}>
      <section class="card order-now">
        <p>{situation(order)}</p>
        <Progress status={order.status} />
        <div class="order-buttons">
          {canCancel(order.status) && <OrderAction action="cancel" order={order.ordernumber} />}
          {canShip(order.status) && <OrderAction action="ship" order={order.ordernumber} />}
        </div>
      </section>
      <div class="columns">
        <section class="card" aria-labelledby="order-goods">
          <h2 id="order-goods">Goods</h2>
          <ul class="order-lines" data-testid="order-lines">
            {order.orderitems.map((line) => (
              <li key={line.productname} data-testid="order-line">
                <img src={line.pictureurl} alt="" width="64" height="66" />
                <span>
                  {line.productname}
                  <span class="small">
                    {line.units} × {money(line.unitprice)}
                  </span>
                </span>
                <span>{money((Math.round(line.unitprice * 100) * line.units) / 100)}</span>
              </li>
            ))}
          </ul>
          <div class="summary-line">
            <span>Total</span>
            <strong data-testid="order-total">{money(order.total)}</strong>
          </div>
        </section>
        <div class="stack">
          <section class="card" aria-labelledby="order-address">
            <h2 id="order-address">Goes to</h2>
            <address data-testid="order-address">
              {order.street}
              <br />
              {[order.city, order.state, order.zipcode].filter(Boolean).join(" ")}
              <br />
              {order.country}
            </address>
            <p class="small">
              Ordered {dateTime(order.date)}
              {order.cardlastfour && `, paid with the card ending in ${order.cardlastfour}`}
            </p>
          </section>
          <History steps={history} />
        </div>
      </div>
    </div>
  );
}

/** Only for a cancellation the shop's own words say more than the status does: why. */
function situation({ status, description }: OrderDetails): string {
  const { sentence } = describeStatus(status);
  return statusKey(status) === "cancelled" && description ? `${description} ${sentence}` : sentence;
}

function History({ steps }: { steps: readonly OrderStep[] }) {
  return (
    <section class="card" aria-labelledby="order-history">
      <h2 id="order-history">What happened</h2>
      <ol class="history" data-testid="order-history">
        {steps.map(({ status, at, replica }) => (
          <li key={status} data-testid="history-step" data-status={status} data-replica={replica}>
            <strong>{describeStatus(status).label}</strong>
            <span class="small">
              <time dateTime={at}>{clock(at)}</time> by <code>{replica}</code>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
