// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

import { IERC1271 } from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import { ERC721Holder } from "@openzeppelin/contracts/token/ERC721/utils/ERC721Holder.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title A contract wallet to try the marketplace with
/// @notice One key owns it: the wallet's signature (EIP-1271) is that key's, and what the key asks the wallet does.
contract DemoContractWallet is IERC1271, ERC721Holder {
    /// @notice The account whose signature and calls count.
    address public immutable OWNER;

    /// @notice The caller is not the owner.
    error OwnerRequired(address caller);

    constructor(address owner) {
        OWNER = owner;
    }

    receive() external payable { }

    /// @notice Calls another contract as the wallet; reverts as it does.
    /// @param value In wei, out of the wallet's own balance.
    function execute(address to, uint256 value, bytes calldata data) external returns (bytes memory result) {
        if (msg.sender != OWNER) revert OwnerRequired(msg.sender);
        bool succeeded;
        (succeeded, result) = to.call{ value: value }(data);
        if (!succeeded) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
    }

    /// @inheritdoc IERC1271
    /// @dev Takes the owner's 65-byte or EIP-2098 compact 64-byte signature over the hash itself.
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        address signer;
        if (signature.length == 64) {
            (signer,,) = ECDSA.tryRecover(hash, bytes32(signature[:32]), bytes32(signature[32:]));
        } else {
            (signer,,) = ECDSA.tryRecover(hash, signature);
        }

        return signer == OWNER ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
