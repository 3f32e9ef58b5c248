package io.sharedredis.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One tab of the shop, as a person uses it, with a record of everything that went wrong in it. */
final class ShopTab {

  private static final Pattern UPDATE =
      Pattern.compile(
          "\"target\":\"UpdatedOrderState\".*?\"orderId\":(\\d+),\"status\":\"(\\w+)\"");

  /** Ships an order through the API, as the warehouse would. */
  static final String SHIP =
      "async order => { const token = decodeURIComponent((document.cookie.match("
          + "/(?:^|; )XSRF-TOKEN=([^;]*)/) || [])[1] || '');"
          + " const r = await fetch('/api/v1/orders/ship', {method: 'PUT', headers: {"
          + "'content-type': 'application/json', 'x-requestid': crypto.randomUUID(),"
          + " 'X-XSRF-TOKEN': token}, body: JSON.stringify({orderNumber: order})});"
          + " if (!r.ok) throw new Error('ship: ' + r.status + ' ' + await r.text()); }";

  /** A status message that arrived over the hub connection of this tab. */
  record Update(long orderId, String status) {}

  private final Page page;
  private final String origin;
  private final List<Update> updates = new CopyOnWriteArrayList<>();
  private final List<String> failures = new CopyOnWriteArrayList<>();

  ShopTab(BrowserContext context, String origin) {
    this.page = context.newPage();
    this.origin = origin;
    page.onWebSocket(socket -> socket.onFrameReceived(frame -> record(frame.text())));
    page.onResponse(this::record);
    page.onRequestFailed(
        request -> {
          // A navigation away aborts what the page had under way; that is no failure of the farm.
          if (!"net::ERR_ABORTED".equals(request.failure())) {
            failures.add(request.method() + " " + request.url() + ": " + request.failure());
          }
        });
  }

  Page page() {
    return page;
  }

  List<Update> updates() {
    return List.copyOf(updates);
  }

  List<String> statusesOf(long orderId) {
    return updates.stream().filter(u -> u.orderId() == orderId).map(Update::status).toList();
  }

  /** Requests that failed or were answered with a server error, as the browser saw them. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  ShopTab open(String path) {
    page.navigate(origin + path);
    return this;
  }

  ShopTab signIn(String user) {
    page.navigate(origin + "/login");
    submitLogin(user, "Pass123$");
    testId("user-name").waitFor();
    return this;
  }

  /** Fills and submits the form that is shown; returns the response to the form's POST. */
  Response submitLogin(String user, String password) {
    page.fill("input[name=username]", user);
    page.fill("input[name=password]", password);
    return page.waitForResponse(
        response -> "POST".equals(response.request().method()),
        () -> page.locator("form button[type=submit]").first().click());
  }

  void signOut() {
    testId("user-menu").first().locator("summary").click();
    testId("logout").first().click();
    testId("login").first().waitFor();
  }

  /** From now on every toast that appears is kept, however short its life. */
  void recordToasts() {
    page.evaluate(
        "() => { window.seenToasts = []; const seen = new WeakSet();"
            + " const look = () => document.querySelectorAll('[data-testid=toast][data-kind=order]').forEach(t => {"
            + " if (!seen.has(t)) { seen.add(t); window.seenToasts.push({id: t.dataset.orderId, status: t.dataset.status}); } });"
            + " new MutationObserver(look).observe(document.body, {childList: true, subtree: true});"
            + " look(); }");
  }

  List<String> toastsOf(long orderId) {
    Object statuses =
        page.evaluate(
            "id => window.seenToasts.filter(t => t.id === String(id)).map(t => t.status)",
            Math.toIntExact(orderId));
    return ((List<?>) statuses).stream().map(String::valueOf).toList();
  }

  /** Waits until each of the statuses has appeared as a toast, and checks that each did once. */
  void awaitToasts(long orderId, List<String> statuses) {
    page.waitForCondition(
        () -> toastsOf(orderId).size() >= statuses.size(),
        new Page.WaitForConditionOptions().setTimeout(45_000));
    assertThat(toastsOf(orderId)).containsExactlyElementsOf(statuses);
  }

  /** Fails when the page does not greet a signed-in visitor. */
  void awaitSignedIn() {
    testId("user-name").waitFor();
  }

  boolean isSignedIn() {
    return testId("user-name").count() > 0;
  }

  ShopTab awaitHub() {
    page.locator("[data-testid=hub-state][data-state=connected]").first().waitFor(attached(30_000));
    page.waitForCondition(() -> hubReplica().contains("webspa"));
    return this;
  }

  String hubReplica() {
    return testId("hub-replica").first().textContent().strip();
  }

  String pageReplica() {
    return testId("page-replica").first().textContent().strip();
  }

  /** Reloads until the hub connection lies on the replica. */
  ShopTab untilHubIsOn(String replica) {
    for (int attempt = 0; attempt < 12; attempt++) {
      awaitHub();
      if (hubReplica().equals(replica)) {
        return this;
      }
      page.reload();
    }
    throw new AssertionError("the hub connection never landed on " + replica);
  }

  /** Buys one item through the pages; returns the order's number. */
  long buySomething() {
    open("/catalog");
    addToBasket(0);
    return checkOut();
  }

  ShopTab addToBasket(int index) {
    awaitSignedIn();
    page.waitForResponse(
        response ->
            response.url().endsWith("/api/v1/basket")
                && "POST".equals(response.request().method())
                && response.ok(),
        () -> testId("add-to-basket").nth(index).click());
    page.waitForCondition(() -> basketCount() > 0);
    return this;
  }

  /** The number of lines that the header shows. */
  int basketCount() {
    String text = testId("basket-count").first().textContent().replaceAll("\\D", "");
    return text.isEmpty() ? 0 : Integer.parseInt(text);
  }

  long checkOut() {
    open("/checkout");
    testId("checkout-submit").first().waitFor();
    testId("field-cardSecurityNumber").fill("123");
    long newestBefore = newestOrder();
    testId("checkout-submit").first().click();
    page.waitForURL("**/orders**");
    page.waitForCondition(() -> newestOrder() > newestBefore);
    return newestOrder();
  }

  /** The highest order number of the signed-in user, 0 when there is none. */
  long newestOrder() {
    Object number =
        page.evaluate(
            "async () => { const r = await fetch('/api/v1/orders'); const list = await r.json();"
                + " return Math.max(0, ...list.map(o => o.ordernumber)); }");
    return ((Number) number).longValue();
  }

  Object json(String path) {
    return page.evaluate("async path => (await fetch(path)).json()", path);
  }

  /** Waits until the row of the order shows the status, without any reload by the user. */
  void awaitRow(long orderId, String status) {
    page.locator(
            "[data-testid=order-row][data-order-id='"
                + orderId
                + "'][data-status='"
                + status
                + "']")
        .first()
        .waitFor(attached(45_000));
  }

  private static Locator.WaitForOptions attached(double milliseconds) {
    return new Locator.WaitForOptions()
        .setState(WaitForSelectorState.ATTACHED)
        .setTimeout(milliseconds);
  }

  void awaitStatuses(long orderId, String... statuses) {
    page.waitForCondition(
        () -> statusesOf(orderId).containsAll(List.of(statuses)),
        new Page.WaitForConditionOptions().setTimeout(45_000));
  }

  Locator testId(String id) {
    return page.getByTestId(id);
  }

  private void record(String frame) {
    if (frame == null) {
      return;
    }
    Matcher matcher = UPDATE.matcher(frame);
    while (matcher.find()) {
      updates.add(new Update(Long.parseLong(matcher.group(1)), matcher.group(2)));
    }
  }

  private void record(Response response) {
    if (response.status() >= 500) {
      failures.add(response.request().method() + " " + response.url() + ": " + response.status());
    }
  }
}
