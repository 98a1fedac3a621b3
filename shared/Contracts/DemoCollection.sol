// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { ERC721 } from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import { ERC2981 } from "@openzeppelin/contracts/token/common/ERC2981.sol";

/// @title A collection to try the marketplace with
/// @notice ERC-721 with one ERC-2981 royalty for all tokens. Its owner and the minters it names may mint.
contract DemoCollection is ERC721, ERC2981, Ownable {
    /// @notice Who may mint besides the owner.
    mapping(address account => bool) public isMinter;

    event MinterChanged(address indexed account, bool isMinter);

    /// @notice The caller is neither the owner nor a minter.
    error MinterRequired(address caller);

    /// @param royaltyReceiver Who receives royalties; not zero.
    /// @param royaltyBps      Royalty in basis points (1/100 of a percent) of the price, at most 10,000.
    /// @param minter          The first minter, such as the platform's own wallet; zero for none.
    constructor(address owner, address minter, address royaltyReceiver, uint96 royaltyBps)
        ERC721("Souk Demo Collection", "DEMO")
        Ownable(owner)
    {
        _setDefaultRoyalty(royaltyReceiver, royaltyBps);
        if (minter != address(0)) _setMinter(minter, true);
    }

    /// @notice Mints a token. Reverts with MinterRequired, or ERC721InvalidSender when the token exists.
    /// @dev    Does not call the receiver: to mint is then the same work whoever receives.
    function mint(address to, uint256 tokenId) external {
        if (msg.sender != owner() && !isMinter[msg.sender]) revert MinterRequired(msg.sender);
        _mint(to, tokenId);
    }

    /// @notice Names a minter, or takes the right back.
    function setMinter(address account, bool mayMint) external onlyOwner {
        _setMinter(account, mayMint);
    }

    /// @inheritdoc ERC721
    function supportsInterface(bytes4 interfaceId) public view override(ERC721, ERC2981) returns (bool) {
        return super.supportsInterface(interfaceId);
    }

    function _setMinter(address account, bool mayMint) private {
        isMinter[account] = mayMint;
        emit MinterChanged(account, mayMint);
    }

    function _baseURI() internal pure override returns (string memory) {
        return "https://demo.souk.example/tokens/";
    }
}
