package io.sharedredis.webspa.web;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/** Refuses bodies no honest client sends, before anything is made of them; chunked ones as well. */
@RestControllerAdvice
class BodyLimit extends RequestBodyAdviceAdapter {

  /** Bytes; a basket of 100 lines as the page sends it has under 30 000. */
  static final int MAX = 64 * 1024;

  @Override
  public boolean supports(
      MethodParameter parameter, Type target, Class<? extends HttpMessageConverter<?>> converter) {
    return true;
  }

  @Override
  public HttpInputMessage beforeBodyRead(
      HttpInputMessage message,
      MethodParameter parameter,
      Type target,
      Class<? extends HttpMessageConverter<?>> converter)
      throws IOException {
    byte[] body = message.getBody().readNBytes(MAX + 1);
    if (body.length > MAX) {
      throw ShopProblem.refused(
          HttpStatus.CONTENT_TOO_LARGE, "a body may have " + MAX + " bytes at most");
    }
    return new Body(message.getHeaders(), new ByteArrayInputStream(body));
  }

  private record Body(HttpHeaders headers, InputStream content) implements HttpInputMessage {

    @Override
    public InputStream getBody() {
      return content;
    }

    @Override
    public HttpHeaders getHeaders() {
      return headers;
    }
  }
}
