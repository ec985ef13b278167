/** Values of `format` that are followed, as patterns. A date is never the 29th of February. */
export const STRING_FORMATS: Readonly<Record<string, string>> = (() => {
  const long = '(0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])';
  const short = '(0[469]|11)-(0[1-9]|[12]\\d|30)';
  const date = `\\d{4}-(${long}|${short}|02-(0[1-9]|1\\d|2[0-8]))`;
  const time = '([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)';
  const byte = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
  const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?';
  return {
    date: `^${date}$`,
    time: `^${time}$`,
    'date-time': `^${date}T${time}$`,
    uuid: '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$',
    ipv4: `^${byte}(\\.${byte}){3}$`,
    email: `^[A-Za-z0-9_+-]{1,32}(\\.[A-Za-z0-9_+-]{1,32})?@(${label}\\.){1,3}[A-Za-z]{2,12}$`,
  };
})();
