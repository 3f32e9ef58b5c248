package io.sharedredis.identity.signin;

import io.sharedredis.identity.IdentitySettings;
import io.sharedredis.identity.accounts.Account;
import io.sharedredis.identity.accounts.Accounts;
import io.sharedredis.identity.accounts.LoginName;
import io.sharedredis.spring.session.UserSessions;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The pages a person sees. */
@Controller
class PageController {

  /** Reached by a forward only, after a failed sign-in. */
  static final String SIGN_IN_AGAIN = "/login/again";

  private final IdentitySettings settings;
  private final Accounts accounts;
  private final ObjectProvider<UserSessions> sessions;

  PageController(
      IdentitySettings settings, Accounts accounts, ObjectProvider<UserSessions> sessions) {
    this.settings = settings;
    this.accounts = accounts;
    this.sessions = sessions;
  }

  @GetMapping("/")
  String start() {
    return "redirect:" + ContinueTarget.ACCOUNT;
  }

  @GetMapping("/login")
  String signIn(
      @RequestParam(name = ContinueTarget.PARAMETER, required = false) @Nullable String target,
      Model model) {
    return form(target, "", model);
  }

  @PostMapping(SIGN_IN_AGAIN)
  String signInAgain(
      HttpServletRequest request,
      HttpServletResponse response,
      @RequestParam(name = ContinueTarget.PARAMETER, required = false) @Nullable String target,
      @RequestParam(name = "username", required = false) @Nullable String typed,
      Model model)
      throws IOException {
    Object message = request.getAttribute(SignInOutcome.MESSAGE);
    if (message == null) {
      return "redirect:/login";
    }
    model.addAttribute("message", message);
    String name = typed == null ? "" : typed;
    return form(target, name.substring(0, Math.min(name.length(), LoginName.MAX_LENGTH)), model);
  }

  private String form(@Nullable String target, String name, Model model) {
    model.addAttribute("target", ContinueTarget.accepted(target));
    model.addAttribute("name", name);
    model.addAttribute("showDemoUsers", settings.showDemoUsers());
    return "login";
  }

  @GetMapping("/account")
  String account(Principal principal, Model model) {
    Optional<Account> account = accounts.byPrincipal(principal.getName());
    if (account.isEmpty()) {
      return "redirect:/signed-out";
    }
    model.addAttribute("account", account.get());
    model.addAttribute("sessionsAreListed", sessions.getIfAvailable() != null);
    return "account";
  }

  @GetMapping("/signed-out")
  String signedOut() {
    return "signed-out";
  }
}
