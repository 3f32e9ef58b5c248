package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.spring.session.SessionsUnavailableException;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.starter.SessionRacesIT.App;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * One request of each kind, all of which have read their session and wait in their controller, so
 * that a test can do something to Redis between the read and the write.
 */
final class RequestsUnderWay {

  /** No answer takes longer, on a machine that does other things beside. */
  private static final Duration NO_HANG = Duration.ofSeconds(15);

  private static final Duration BACK = Duration.ofSeconds(30);

  /** What a request does after its wait. */
  enum Act {
    /** Reads another attribute. */
    READ,
    /** Writes two attributes. */
    WRITE,
    /** The same, with an answer that is too large to be held back until the end. */
    WRITE_AND_COMMIT,
    /** Begins a session of two attributes. */
    BEGIN,
    /** Signs in where there was a session: the id changes. */
    SIGN_IN,
    /** Signs in where there was none. */
    SIGN_IN_ANEW,
    /** Signs out. */
    SIGN_OUT;

    boolean hasSession() {
      return this != BEGIN && this != SIGN_IN_ANEW;
    }

    boolean signsIn() {
      return this == SIGN_IN || this == SIGN_IN_ANEW;
    }
  }

  /** The application's part. */
  @RestController
  static class Controller {

    @GetMapping("/under-way/{act}")
    String act(
        @PathVariable("act") Act act,
        String user,
        HttpServletRequest request,
        HttpServletResponse response)
        throws InterruptedException {
      HttpSession session = act.hasSession() ? request.getSession(false) : null;
      Object cart = session == null ? "none" : session.getAttribute("cart");
      App.arrived.release();
      App.goOn.acquire();
      if (act == Act.READ && session != null) {
        return cart + " and " + session.getAttribute("cup");
      }
      if (act == Act.SIGN_OUT && session != null) {
        session.invalidate();
        return "signed out";
      }
      HttpSession written = request.getSession();
      if (act.signsIn()) {
        if (session != null) {
          String unused = request.changeSessionId();
        }
        var somebody = UsernamePasswordAuthenticationToken.authenticated(user, null, List.of());
        new HttpSessionSecurityContextRepository()
            .saveContext(new SecurityContextImpl(somebody), request, response);
      }
      written.setAttribute("left", "1");
      written.setAttribute("right", "1");
      return "x".repeat(act == Act.WRITE_AND_COMMIT ? 100_000 : 10);
    }
  }

  private final Visitor visitor = new Visitor();
  private final ConfigurableApplicationContext replica;
  private final Map<Act, String> before = new EnumMap<>(Act.class);
  private final Map<Act, CompletableFuture<HttpResponse<String>>> under = new EnumMap<>(Act.class);
  private final Map<Act, HttpResponse<String>> answers = new EnumMap<>(Act.class);
  private final Map<Act, String> users = new EnumMap<>(Act.class);
  private final long others;

  private RequestsUnderWay(ConfigurableApplicationContext replica) {
    this.replica = replica;
    for (Act act : Act.values()) {
      users.put(act, act + "-" + UUID.randomUUID());
      if (act.hasSession()) {
        boolean known = act == Act.READ || act == Act.SIGN_OUT;
        // Whole again after a refusal: a sign-in in vain may have ended what was there.
        Awaitility.await().atMost(BACK).until(() -> prepare(act, known));
      }
    }
    this.others =
        Awaitility.await()
                .atMost(BACK)
                .ignoreExceptionsInstanceOf(SessionsUnavailableException.class)
                .until(() -> sessions().count(), count -> true)
            - before.size();
  }

  private boolean prepare(Act act, boolean known) throws Exception {
    String cookie = visitor.begin(replica);
    visitor.served(replica, "/set?name=cup&value=tea", cookie);
    if (known) {
      HttpResponse<String> signIn = visitor.signInAnswer(replica, cookie);
      if (signIn.statusCode() == 503) {
        return false;
      }
      cookie = Visitor.cookie(signIn);
    }
    before.put(act, cookie);
    return true;
  }

  /** Sends them, and returns when all of them have read. */
  static RequestsUnderWay begin(ConfigurableApplicationContext replica) throws Exception {
    RequestsUnderWay all = new RequestsUnderWay(replica);
    for (Act act : Act.values()) {
      String path = "/under-way/" + act + "?user=" + all.users.get(act);
      all.under.put(act, all.visitor.untilItWaits(replica, path, all.before.get(act)));
    }
    return all;
  }

  /**
   * Lets them go on and waits for their answers: what was asked for, or a refusal that leaves the
   * browser as it is.
   */
  void goOn() throws Exception {
    long begun = System.nanoTime();
    App.goOn.release(under.size());
    for (Map.Entry<Act, CompletableFuture<HttpResponse<String>>> one : under.entrySet()) {
      HttpResponse<String> answer = one.getValue().get(60, TimeUnit.SECONDS);
      answers.put(one.getKey(), answer);
      assertThat(answer.statusCode()).as("%s", one.getKey()).isIn(200, 503);
      if (answer.statusCode() == 503) {
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.headers().allValues("Set-Cookie")).as("%s", one.getKey()).isEmpty();
      }
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(NO_HANG);
    // What was read before is still there for the request that has read it.
    assertThat(answers.get(Act.READ).body()).isEqualTo("mug and tea");
  }

  /** Those that change something were refused. */
  void assertRefused(Act... but) {
    answers.forEach(
        (act, answer) ->
            assertThat(answer.statusCode())
                .as("%s", act)
                .isIn(act == Act.READ ? 200 : 503, List.of(but).contains(act) ? 200 : 503));
  }

  /**
   * After Redis is back: what was answered as done is done, what was refused is done whole or not
   * at all.
   */
  void assertNothingIsHalfDone() {
    Awaitility.await().atMost(BACK).untilAsserted(this::assertWhole);
  }

  /** The same, and where nobody else came or went there is no session that nobody has. */
  void assertNothingIsHalfDoneOrLeft() {
    Awaitility.await()
        .atMost(BACK)
        .untilAsserted(
            () -> {
              long held = assertWhole();
              assertThat(sessions().count() - others).as("sessions").isEqualTo(held);
            });
  }

  private long assertWhole() throws Exception {
    long held = 0;
    for (Act act : Act.values()) {
      held += assertWhole(act) ? 1 : 0;
    }
    return held;
  }

  /** Whether there is a session of this request's now. */
  private boolean assertWhole(Act act) throws Exception {
    boolean done = answers.get(act).statusCode() == 200;
    String cookie = done && (act.signsIn() || !act.hasSession()) ? issued(act) : before.get(act);
    String shown = cookie == null ? "no session" : all(cookie);
    boolean there = !shown.equals("no session");
    switch (act) {
      case READ -> {
        assertThat(shown).contains("cart=mug, cup=tea");
        assertThat(visitor.get(replica, "/me", cookie).body()).isEqualTo("alice");
      }
      case WRITE, WRITE_AND_COMMIT -> {
        assertThat(shown).contains("cart=mug, cup=tea");
        assertThat(shown.contains("left=1")).isEqualTo(shown.contains("right=1"));
        assertThat(done).isIn(false, shown.contains("left=1"));
      }
      case BEGIN -> assertThat(shown).isEqualTo(done ? "{left=1, right=1}" : "no session");
      case SIGN_IN, SIGN_IN_ANEW -> {
        assertThat(sessions().count(users.get(act))).as("%s", act).isEqualTo(done ? 1 : 0);
        if (done) {
          assertThat(visitor.get(replica, "/me", cookie).body()).isEqualTo(users.get(act));
          assertThat(shown).contains("left=1, right=1");
        } else if (there) {
          // A sign-in that Redis got too late has ended, and with it the session it was made of.
          assertThat(shown).isEqualTo("{cart=mug, cup=tea}");
        }
      }
      case SIGN_OUT -> {
        assertThat(done && there).as("signed out").isFalse();
        if (there) {
          assertThat(visitor.get(replica, "/me", cookie).body()).isEqualTo("alice");
          assertThat(shown).contains("cart=mug, cup=tea");
        }
      }
      default -> throw new AssertionError(act);
    }
    return there;
  }

  private @Nullable String issued(Act act) {
    return Visitor.cookie(answers.get(act));
  }

  private String all(String cookie) throws Exception {
    HttpResponse<String> answer = visitor.get(replica, "/all", cookie);
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private UserSessions sessions() {
    return replica.getBean(UserSessions.class);
  }
}
