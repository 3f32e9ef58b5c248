package io.sharedredis.identity.signin;

import io.sharedredis.spring.web.PublicUrl;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What every page may show, the error page included. */
@ControllerAdvice
public class PageModel {

  /** Request attribute with one sentence for the error page; safe to show to anybody. */
  public static final String PROBLEM = "identity.problem";

  private final PublicUrl site;

  PageModel(PublicUrl site) {
    this.site = site;
  }

  @ModelAttribute("shopUrl")
  String shopUrl() {
    return site.resolve("/");
  }

  @ModelAttribute("problem")
  @Nullable String problem(HttpServletRequest request) {
    return (String) request.getAttribute(PROBLEM);
  }
}
