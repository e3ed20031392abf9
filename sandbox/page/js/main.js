// The page: opens the live line, fetches everybody, and hands each event to its person's phone.

import * as api from "./api.js";
import { el } from "./dom.js";
import { People, tries } from "./people.js";
import { Phone } from "./phone.js";
import { Stream } from "./stream.js";

const ASKER = "talent";
const EXAMPLES = ["娃儿上学咋个办", "想租人才公寓", "今天天气怎么样"];
const RETRY = 1000;

const desk = document.getElementById("desk");
const people = new People(document.getElementById("people"), desk);
const phones = new Map();
let waiting = []; // events that came while everything is fetched; null when nothing is being fetched

function hear(name, data) {
  if (waiting) waiting.push([name, data]);
  else if (name === "reload") load();
  else if (!phones.has(data.person.id ?? data.person)) load();
  else take(name, data);
}

function take(name, data) {
  const phone = phones.get(data.person.id ?? data.person);
  if (phone?.hear(name, data)) phone.load();
  if (name === "person" || name === "blocked") people.draw();
}

/** Fetch everybody; events that come meanwhile are applied afterwards, so none is lost and none is overtaken. */
async function load() {
  waiting = [];
  try {
    for (const person of await api.people()) meet(person);
    await Promise.all([...phones.values()].map((phone) => phone.load()));
  } catch (error) {
    if (!(error instanceof api.Refusal)) throw error;
    setTimeout(load, RETRY);
    return;
  }
  const held = waiting;
  waiting = null;
  desk.setAttribute("data-ready", "");
  for (const [name, data] of held) if (name !== "reload") take(name, data);
}

function meet(person) {
  if (phones.has(person.id)) return phones.get(person.id).setPerson(person);
  const phone = new Phone(person, (one) => people.isSeen(one), () => people.draw());
  phones.set(person.id, phone);
  people.add(phone);
}

tries(document.getElementById("tries"), EXAMPLES, people, ASKER);
desk.append(el("p.empty", {}, "正在打开… Opening…"));
const line = document.getElementById("line");
const stream = new Stream(hear, (up) => {
  line.hidden = up;
});
stream.open().then(load);
