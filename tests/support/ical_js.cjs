// Reads calendars with ical.js, which shares no code with the program.
// Standard input: {"task": "expand" | "read", "calendars": [text], "first": ms, "last": ms}.
const ICAL = require(`${process.env.MESO_NODE_MODULES}/ical.js/dist/ical.es5.cjs`);

function zonesOf(calendar) {
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents('vtimezone')) {
    ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  }
}

// Floating times and days count as UTC: the test asks in a clinic of that zone.
const instant = (time) => time.toUnixTime() * 1000;

function isBusy(component) {
  return component.getFirstPropertyValue('status') !== 'CANCELLED'
    && component.getFirstPropertyValue('transp') !== 'TRANSPARENT';
}

function expand(calendar, first, last) {
  const events = calendar.getAllSubcomponents('vevent');
  const spans = [];
  for (const component of events) {
    if (component.hasProperty('recurrence-id')) continue;
    const uid = component.getFirstPropertyValue('uid');
    const exceptions = events.filter((other) => other.hasProperty('recurrence-id')
      && other.getFirstPropertyValue('uid') === uid);
    const event = new ICAL.Event(component, { exceptions });
    const iterator = event.iterator();
    let next;
    while ((next = iterator.next()) && instant(next) < last + 400 * 86400000) {
      const found = event.getOccurrenceDetails(next);
      const start = instant(found.startDate);
      const end = instant(found.endDate);
      if (isBusy(found.item.component) && end > first && start < last && end > start) {
        spans.push([start, end]);
      }
    }
  }
  return spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

function read(calendar) {
  return calendar.getAllSubcomponents('vevent').map((component) => {
    const event = new ICAL.Event(component);
    return {
      properties: component.getAllProperties().map((property) => property.name),
      values: Object.fromEntries(component.getAllProperties().map(
        (property) => [property.name, String(property.getFirstValue())])),
      start: instant(event.startDate),
      end: instant(event.endDate),
      wall: event.startDate.toString(),
      isDate: event.startDate.isDate,
      alarms: component.getAllSubcomponents('valarm').map((alarm) => ({
        text: alarm.getFirstPropertyValue('description'),
        seconds: alarm.getFirstPropertyValue('trigger').toSeconds(),
      })),
    };
  });
}

const asked = JSON.parse(require('fs').readFileSync(0, 'utf-8'));
const answers = asked.calendars.map((text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  zonesOf(calendar);
  return asked.task === 'read' ? read(calendar) : expand(calendar, asked.first, asked.last);
});
process.stdout.write(JSON.stringify(answers));
