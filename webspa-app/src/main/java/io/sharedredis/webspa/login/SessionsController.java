package io.sharedredis.webspa.login;

import io.sharedredis.spring.session.SessionPlace;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.spring.session.UserSessions.UserSession;
import io.sharedredis.webspa.web.ShopProblem;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where the visitor is signed in, and the end of the other places. Sessions are named by internal
 * ids, and whoever asks reaches only their own: anybody else's is as if it were not there. A
 * replica that stands alone keeps no list of sessions.
 */
@RestController
@RequestMapping("/api/v1/sessions")
class SessionsController {

  private final ObjectProvider<UserSessions> sessions;

  SessionsController(ObjectProvider<UserSessions> sessions) {
    this.sessions = sessions;
  }

  /**
   * Some of the visitor's sessions, last used first.
   *
   * @param total of all of them
   */
  record SignedIn(long total, List<Shown> sessions) {}

  /**
   * One session.
   *
   * @param id internal; no secret
   * @param current whether it is the one that asks
   * @param device what people call the browser
   * @param address of the browser
   * @param replica that served the sign-in
   * @param lastUsed as written, up to a tenth of the timeout before the real one
   */
  record Shown(
      String id,
      boolean current,
      String device,
      String address,
      String replica,
      Instant created,
      Instant lastUsed) {}

  /** How many sessions were ended. */
  record Ended(int ended) {}

  /** A hundred at a time. */
  @GetMapping
  ResponseEntity<SignedIn> list(
      Principal visitor,
      HttpSession session,
      @RequestParam(name = "from", defaultValue = "0") int from) {
    UserSessions.Page page = sessions().page(visitor.getName(), Math.max(0, from));
    String mine = UserSessions.internalId(session.getId());
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .body(
            new SignedIn(
                page.total(), page.sessions().stream().map(one -> shown(one, mine)).toList()));
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void end(Principal visitor, @PathVariable("id") String id) {
    if (!sessions().end(visitor.getName(), id)) {
      throw ShopProblem.notFound("you have no such session (any more)");
    }
  }

  @DeleteMapping("/others")
  Ended endOthers(Principal visitor, HttpSession session) {
    String mine = UserSessions.internalId(session.getId());
    return new Ended(sessions().endOthers(visitor.getName(), mine));
  }

  private static Shown shown(UserSession session, String mine) {
    SessionPlace place = session.place();
    return new Shown(
        session.id(),
        session.id().equals(mine),
        place.deviceName(),
        place.address(),
        place.replica(),
        session.created(),
        session.lastUsed());
  }

  private UserSessions sessions() {
    UserSessions shared = sessions.getIfAvailable();
    if (shared == null) {
      throw ShopProblem.notFound("this replica stands alone and lists no sessions");
    }
    return shared;
  }
}
