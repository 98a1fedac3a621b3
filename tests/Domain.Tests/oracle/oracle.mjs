// Answers cases with viem: one JSON object a line on stdin, one JSON value a line on stdout, in the same order.
import { createInterface } from 'node:readline';
import {
  encodeAbiParameters, encodeFunctionData, getContractAddress, hashMessage, hashTypedData, keccak256,
  parseSignature, recoverAddress, serializeCompactSignature, serializeTransaction, signatureToCompactSignature,
} from 'viem';
import { privateKeyToAccount, sign } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';

/** Numbers travel as decimal texts, for JSON's end at 2^53. */
function toValue(parameter, value) {
  const array = /^(.*)\[\d*\]$/.exec(parameter.type);
  if (array) return value.map((item) => toValue({ ...parameter, type: array[1] }, item));
  if (parameter.type === 'tuple') return value.map((item, index) => toValue(parameter.components[index], item));
  if (/^u?int/.test(parameter.type)) return BigInt(value);
  return value;
}

const answers = {
  keccak: ({ bytes }) => keccak256(bytes),
  address: ({ key }) => privateKeyToAccount(key).address,
  sign: ({ key, digest }) => sign({ hash: digest, privateKey: key, to: 'hex' }),
  recover: ({ digest, signature }) => recoverAddress({ hash: digest, signature }),
  compact: ({ signature }) => serializeCompactSignature(signatureToCompactSignature(parseSignature(signature))),
  personal: ({ text }) => hashMessage(text),
  create: ({ from, nonce }) => getContractAddress({ from, nonce: BigInt(nonce) }),
  create2: ({ from, salt, bytecodeHash }) => getContractAddress({ opcode: 'CREATE2', from, salt, bytecodeHash }),
  abi: ({ parameters, values }) => encodeAbiParameters(
    parameters, parameters.map((parameter, index) => toValue(parameter, values[index]))),
  call: ({ name, parameters, values }) => encodeFunctionData({
    abi: [{ type: 'function', name, inputs: parameters, outputs: [], stateMutability: 'payable' }],
    functionName: name,
    args: parameters.map((parameter, index) => toValue(parameter, values[index])),
  }),
  typed: ({ data }) => hashTypedData(data),
  siwe: ({ fields }) => createSiweMessage({
    ...fields, issuedAt: new Date(fields.issuedAt),
    expirationTime: fields.expirationTime && new Date(fields.expirationTime),
  }),
  transaction: async ({ key, chainId, nonce, tip, ceiling, gas, to, value, data }) => {
    const transaction = {
      type: 'eip1559', chainId, nonce, maxPriorityFeePerGas: BigInt(tip), maxFeePerGas: BigInt(ceiling),
      gas: BigInt(gas), to, value: BigInt(value), data,
    };
    const signed = await privateKeyToAccount(key).signTransaction(transaction);
    return [keccak256(serializeTransaction(transaction)), signed, keccak256(signed)].join(' ');
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { kind, ...asked } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await answers[kind](asked))}\n`);
}
