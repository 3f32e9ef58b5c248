package io.sharedredis.spring.session;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.web.servlet.FlashMap;
import org.springframework.web.servlet.FlashMapManager;
import org.springframework.web.servlet.support.AbstractFlashMapManager;

/**
 * Flash attributes in the session, looked for only when a cookie says that there are any. Spring
 * MVC's own form asks for the session on every request, also of those that never use one. Kept as
 * plain maps, which the list of allowed types knows.
 */
public final class MarkedFlashMaps implements FlashMapManager {

  private static final String ATTRIBUTE = "shared-redis.flash";

  private final Kept kept = new Kept();
  private final String cookie;
  private final String path;
  private final boolean secure;

  /**
   * @param cookie name of the mark
   * @param path for which browsers send it
   */
  public MarkedFlashMaps(String cookie, String path, boolean secure) {
    this.cookie = cookie;
    this.path = path;
    this.secure = secure;
  }

  @Override
  public @Nullable FlashMap retrieveAndUpdate(
      HttpServletRequest request, HttpServletResponse response) {
    return marked(request) ? kept.retrieveAndUpdate(request, response) : null;
  }

  @Override
  public void saveOutputFlashMap(
      FlashMap flashMap, HttpServletRequest request, HttpServletResponse response) {
    kept.saveOutputFlashMap(flashMap, request, response);
  }

  private boolean marked(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie one : cookies) {
        if (one.getName().equals(cookie)) {
          return true;
        }
      }
    }
    return false;
  }

  private void mark(HttpServletResponse response, boolean any) {
    response.addHeader(
        HttpHeaders.SET_COOKIE,
        ResponseCookie.from(cookie, any ? "1" : "")
            .path(path)
            .httpOnly(true)
            .sameSite("Lax")
            .secure(secure)
            .maxAge(any ? kept.getFlashMapTimeout() : 0)
            .build()
            .toString());
  }

  /** The maps themselves, under Spring's rules for which request gets which. */
  private final class Kept extends AbstractFlashMapManager {

    @Override
    protected @Nullable List<FlashMap> retrieveFlashMaps(HttpServletRequest request) {
      HttpSession session = request.getSession(false);
      if (session == null || !(session.getAttribute(ATTRIBUTE) instanceof List<?> stored)) {
        return null;
      }
      List<FlashMap> maps = new ArrayList<>();
      for (Object one : stored) {
        if (one instanceof Map<?, ?> map) {
          maps.add(read(map));
        }
      }
      return maps;
    }

    @Override
    protected void updateFlashMaps(
        List<FlashMap> maps, HttpServletRequest request, HttpServletResponse response) {
      if (maps.isEmpty()) {
        request.getSession().removeAttribute(ATTRIBUTE);
      } else {
        List<Object> stored = new ArrayList<>();
        maps.forEach(map -> stored.add(write(map)));
        request.getSession().setAttribute(ATTRIBUTE, stored);
      }
      mark(response, !maps.isEmpty());
    }

    private Map<String, Object> write(FlashMap map) {
      Map<String, Object> stored = new LinkedHashMap<>();
      stored.put("values", new HashMap<>(map));
      stored.put("until", map.getExpirationTime());
      if (map.getTargetRequestPath() != null) {
        stored.put("path", map.getTargetRequestPath());
      }
      Map<String, Object> parameters = new LinkedHashMap<>();
      map.getTargetRequestParams()
          .forEach((name, values) -> parameters.put(name, new ArrayList<>(values)));
      stored.put("parameters", parameters);
      return stored;
    }

    private FlashMap read(Map<?, ?> stored) {
      FlashMap map = new FlashMap();
      if (stored.get("values") instanceof Map<?, ?> values) {
        values.forEach((name, value) -> map.put(String.valueOf(name), value));
      }
      if (stored.get("until") instanceof Number until) {
        map.setExpirationTime(until.longValue());
      }
      if (stored.get("path") instanceof String target) {
        map.setTargetRequestPath(target);
      }
      if (stored.get("parameters") instanceof Map<?, ?> parameters) {
        parameters.forEach(
            (name, values) -> {
              if (values instanceof List<?> list) {
                list.forEach(
                    value ->
                        map.addTargetRequestParam(String.valueOf(name), String.valueOf(value)));
              }
            });
      }
      return map;
    }
  }
}
