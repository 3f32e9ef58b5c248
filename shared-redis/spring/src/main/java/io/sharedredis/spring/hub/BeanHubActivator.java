package io.sharedredis.spring.hub;

import io.sharedredis.hub.Hub;
import io.sharedredis.hub.server.HubActivator;
import java.util.List;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;

/** Gets a fresh bean for each call, with its dependencies injected, and destroys it afterwards. */
public final class BeanHubActivator implements HubActivator {
  private final ConfigurableBeanFactory beans;
  private final String beanName;
  private final List<InnermostFilter> innermost;

  /**
   * @param beanName of a bean in scope prototype
   * @param innermost become the last advice where the bean is a proxy
   */
  public BeanHubActivator(
      ConfigurableBeanFactory beans, String beanName, List<InnermostFilter> innermost) {
    this.beans = beans;
    this.beanName = beanName;
    this.innermost = List.copyOf(innermost);
  }

  private Object create() {
    try {
      return beans.getBean(beanName);
    } catch (UnsatisfiedDependencyException e) {
      if (e.getMostSpecificCause() instanceof NoSuchBeanDefinitionException missing
          && missing.getResolvableType() != null) {
        Class<?> hub = beans.getType(beanName);
        throw new UnresolvedException(
            missing.getResolvableType().toString(), hub == null ? beanName : hub.getName(), e);
      }
      throw e;
    }
  }

  @Override
  public Activation activate() {
    Object bean = create();
    if (bean instanceof Advised proxy && !proxy.isFrozen()) {
      innermost.forEach(
          filter -> {
            proxy.addAdvice(filter);
            filter.advises();
          });
    }
    Object inner = AopProxyUtils.getSingletonTarget(bean);
    Hub<?> hub = (Hub<?>) (inner == null ? bean : inner);
    return new Activation() {
      @Override
      public Hub<?> hub() {
        return hub;
      }

      @Override
      public Object target() {
        return bean;
      }

      @Override
      public void release() {
        beans.destroyBean(beanName, bean);
      }
    };
  }
}
