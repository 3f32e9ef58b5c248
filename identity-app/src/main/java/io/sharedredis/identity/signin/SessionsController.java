package io.sharedredis.identity.signin;

import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.spring.session.UserSessions.UserSession;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/**
 * Where a person is signed in here, and the end of the other places. Sessions are named by internal
 * ids, and whoever asks reaches only their own: anybody else's is as if it were not there. A
 * replica that stands alone keeps no list of sessions, so it has no such page.
 */
@Controller
class SessionsController {

  private static final String PAGE = "/sessions";

  /** As many as the list gives at a time. */
  private static final int AT_A_TIME = 100;

  /** Nothing says in which zone a person is. */
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final ObjectProvider<UserSessions> sessions;

  SessionsController(ObjectProvider<UserSessions> sessions) {
    this.sessions = sessions;
  }

  @GetMapping(PAGE)
  String show(
      Principal person,
      HttpSession session,
      @RequestParam(name = "from", defaultValue = "0") int from,
      Model model) {
    int begin = Math.max(0, from);
    UserSessions.Page page = sessions().page(person.getName(), begin);
    String mine = UserSessions.internalId(session.getId());
    model.addAttribute("sessions", page.sessions().stream().map(one -> row(one, mine)).toList());
    model.addAttribute("total", page.total());
    model.addAttribute("next", begin + AT_A_TIME < page.total() ? begin + AT_A_TIME : null);
    return "sessions";
  }

  @PostMapping(PAGE + "/{id}/end")
  String end(Principal person, @PathVariable("id") String id) {
    if (!sessions().end(person.getName(), id)) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
    return "redirect:" + PAGE;
  }

  @PostMapping(PAGE + "/end-others")
  String endOthers(Principal person, HttpSession session) {
    sessions().endOthers(person.getName(), UserSessions.internalId(session.getId()));
    return "redirect:" + PAGE;
  }

  private static Row row(UserSession session, String mine) {
    return new Row(
        session.id(),
        session.id().equals(mine),
        session.place().deviceName(),
        session.place().address(),
        session.place().replica(),
        CLOCK.format(session.created()),
        CLOCK.format(session.lastUsed()));
  }

  private UserSessions sessions() {
    UserSessions shared = sessions.getIfAvailable();
    if (shared == null) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
    return shared;
  }

  /**
   * One session as the page shows it.
   *
   * @param current whether it is the one that asks
   * @param replica that served the sign-in
   */
  public record Row(
      String id,
      boolean current,
      String device,
      String address,
      String replica,
      String created,
      String lastUsed) {}
}
