package io.sharedredis.spring.hub;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class HubRefusalFilterTest {
  private final HubRefusalFilter filter = new HubRefusalFilter(new HubPaths(List.of("/hub/x")));

  @Test
  void bareRefusalsAreSaidInWords() throws Exception {
    assertThat(answer("/hub/x", r -> r.setStatus(401)).getContentAsString())
        .isEqualTo("Unauthorized");
    assertThat(answer("/HUB/X/negotiate", r -> r.setStatus(403)).getContentAsString())
        .isEqualTo("Forbidden");
    MockHttpServletResponse sent = answer("/hub/x", r -> r.sendError(401, "no"));
    assertThat(sent.getStatus()).isEqualTo(401);
    assertThat(sent.getErrorMessage()).isNull();
    assertThat(sent.getContentAsString()).isEqualTo("Unauthorized");
  }

  @Test
  void applicationsOwnWordsFromAWriterAreKept() throws Exception {
    MockHttpServletResponse answer =
        answer(
            "/hub/x",
            r -> {
              r.setStatus(401);
              r.setContentType("application/problem+json");
              r.getWriter().write("{}");
            });
    assertThat(answer.getStatus()).isEqualTo(401);
    assertThat(answer.getContentType()).startsWith("application/problem+json");
    assertThat(answer.getContentAsString()).isEqualTo("{}");
  }

  @Test
  void applicationsOwnWordsFromAStreamAreKept() throws Exception {
    MockHttpServletResponse answer =
        answer(
            "/hub/x",
            r -> {
              r.setStatus(403);
              r.getOutputStream().write("mine".getBytes(StandardCharsets.UTF_8));
            });
    assertThat(answer.getStatus()).isEqualTo(403);
    assertThat(answer.getContentAsString()).isEqualTo("mine");
  }

  @Test
  void errorAfterABegunBodyIsTheContainersAffair() throws Exception {
    MockHttpServletResponse answer =
        answer(
            "/hub/x",
            r -> {
              r.getWriter().write("half");
              r.sendError(403);
            });
    assertThat(answer.getStatus()).isEqualTo(403);
    assertThat(answer.isCommitted()).isTrue();
  }

  @Test
  void otherAnswersAndOtherPathsAreLeftAlone() throws Exception {
    assertThat(answer("/hub/x", r -> r.setStatus(404)).getContentAsString()).isEmpty();
    assertThat(answer("/page", r -> r.setStatus(401)).getContentAsString()).isEmpty();
  }

  private interface Application {
    void answer(HttpServletResponse response) throws IOException;
  }

  private MockHttpServletResponse answer(String path, Application application) throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", path);
    MockHttpServletResponse response = new MockHttpServletResponse();
    filter.doFilter(request, response, (q, r) -> application.answer((HttpServletResponse) r));
    return response;
  }
}
