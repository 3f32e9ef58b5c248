package io.sharedredis.webspa.web;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the single-page app asks before anything else. */
@RestController
class HomeController {

  /**
   * @param hubUrl where the notification hub is, on this origin
   */
  record Configuration(String hubUrl) {}

  @GetMapping("/Home/Configuration")
  Configuration configuration() {
    return new Configuration("/hub/notificationhub");
  }
}
