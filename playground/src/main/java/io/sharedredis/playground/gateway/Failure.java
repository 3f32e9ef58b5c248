package io.sharedredis.playground.gateway;

import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** What a failed attempt says about the request: was it sent, may it be sent again. */
enum Failure {
  /** No connection came about, so nothing was sent: any request may go to the next replica. */
  NOT_SENT,
  /** The connection broke before a response: the request may or may not have been carried out. */
  BROKEN,
  /** No answer in time; another replica would most likely be no faster. */
  TIMEOUT,
  /** Anything else is a defect of the gateway or the request, not of the replica. */
  OTHER;

  static Failure of(Throwable failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof TimeoutException
          || cause instanceof ReadTimeoutException
          || cause instanceof ResponseStatusException status
              && status.getStatusCode() == HttpStatus.GATEWAY_TIMEOUT) {
        return TIMEOUT;
      }
      // Every connection of the gateway is new, so these come from connecting and nothing else.
      if (cause instanceof java.net.ConnectException
          || cause instanceof java.net.NoRouteToHostException
          || cause instanceof java.net.UnknownHostException) {
        return NOT_SENT;
      }
      if (cause instanceof SocketException || cause instanceof IOException) {
        return BROKEN;
      }
    }
    return OTHER;
  }
}
